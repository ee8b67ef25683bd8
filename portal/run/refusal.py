"""The one exception of the supervisor that a person reads: what is wrong and the way out."""


class Refusal(Exception):
    pass
