"""One attached console, from the accepted socket to its end. Read in order: relay (the two loops), frames (what a browser may say), reaching (the way to the
hub), flow (how far the browser is behind), seat (who writes), noting (what of it is recorded), insisting (and written); beside the bytes watching and its clock; at last ending, together.
"""
