"""In and out: projects and tables of other programs, one file a format."""
