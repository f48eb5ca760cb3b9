"""Special awards: the yearly fund, the register of innovations, nominations and their approval (INC-04)."""
