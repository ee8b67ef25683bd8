"""Storage accounts as stores of whole objects by name: a folder of this portal, or any S3-compatible store."""
