"""In which environment a process executes simulations: machine, code, versions, command."""
