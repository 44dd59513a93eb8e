"""Other offices' programs (接口): the catalogue and the check of letters for everyone, cases passed on for partners.

A partner is a post of another department. Its token stands for that post and nothing more: every request runs as the post
does, so row-level security decides what it sees, and the acts are those of the workbench. Nothing is decided here.
"""
