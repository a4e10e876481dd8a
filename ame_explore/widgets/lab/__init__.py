"""The live lab: students that train while a person watches and steers."""
