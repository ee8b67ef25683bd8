"""Old audit entries, moved out of the database into signed files of the tenant's storage account, and read and proved there."""
