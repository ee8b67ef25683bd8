"""What a person reads when a guest cannot be built: what is missing and the way out."""


class LabError(Exception):
    pass
