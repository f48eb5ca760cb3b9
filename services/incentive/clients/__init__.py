"""What incentive needs of its neighbours, and no more."""
