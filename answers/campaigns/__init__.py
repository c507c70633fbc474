"""What campaigns brought: all of them, and one."""
