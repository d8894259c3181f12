"""Starting workers fast: forked from a template that has imported what their simulations need."""
