"""Who comes in, asked before a socket is accepted. Read in order: handshake, origin, tickets, admitting, answers; then staying, asked for as long as
the session lives. Plain functions of the database and Redis: nothing here waits for bytes.
"""
