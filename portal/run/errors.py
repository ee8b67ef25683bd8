"""What a person reads when Homeport does not start: what is wrong and the way out."""


class CannotStartError(Exception):
    pass
