"""The exercises of the notebooks, one module a notebook; `teach.declare` lists the modules."""
