"""The buttons inside Excel: VBA as text, and the xlwings functions behind it; the only place that imports xlwings.

Nothing stands here yet: Segarkan is the next capability, and everything below works without Excel.
"""
