"""The board: the whole organisation sees its cases in a browser, and acts on them. It decides nothing: deeds are those of the desk."""
