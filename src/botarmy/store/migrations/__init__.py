"""How the tables came to be, one revision after the other. They are run at the opening of a database."""
