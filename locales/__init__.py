"""The catalogues: every text a person sees, in Kazakh and Russian, and the tools that keep them."""
