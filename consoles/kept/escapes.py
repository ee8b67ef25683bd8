"""What in a guest's output is not text. In: nothing. Out: patterns over one line or many, each linear in what it is given.

C1 controls count where UTF-8 encodes them, as in a terminal; a lone byte above 0x7F is no UTF-8 and becomes U+FFFD. A string (title,
clipboard, picture) that nothing has ended is over with its line, so that it hides no more than that.
"""

import re

CSI = "(?:(?<=\x1b)\\[|(?<=\x9b))[0-?]*[ -/]*[@-~]?"
OSC = "(?:(?<=\x1b)\\]|(?<=\x9d))[^\x07\n\x18\x1a\x1b\x9c]*(?:\x07|\x18|\x1a|\x1b\\\\|\x9c)?"
STRING = "(?:(?<=\x1b)[PX^_]|(?<=[\x90\x98\x9e\x9f]))[^\n\x18\x1a\x1b\x9c]*(?:\x18|\x1a|\x1b\\\\|\x9c)?"
ESC = "(?<=\x1b)[ -/]*[0-~]?"
OPENS = "[\x1b\x90\x98\x9b\x9d\x9e\x9f]"  # first, so that text without one is passed over fast
# these turn the direction of the text around them, or break lines where no newline is
TURNS = "\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"

SEQUENCE = re.compile(f"{OPENS}(?:{CSI}|{OSC}|{STRING}|{ESC})")
CONTROL = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f{TURNS}]")
MOVING = re.compile("[\b\r\x1b\x9b](?:(?<=[\b\r])|(?:(?<=\x1b)\\[|(?<=\x9b))[0-9;]*[@CDGHKPXadf`])")
