"""What leaves the tables for other programs and hands: the 任务分解表, a flat view for Excel, Label Studio."""
