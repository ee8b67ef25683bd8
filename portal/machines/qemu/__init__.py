"""Machines under QEMU, by its own monitor. In: acts. Out: what QEMU and the guest did, or a Failed.

`attached` is a QEMU that somebody else runs, `managed` one that runs from a stored specification and outlives Homeport.
"""
