"""What can be done: one keyword-only async function a verb."""
