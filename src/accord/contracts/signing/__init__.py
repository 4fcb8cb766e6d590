"""The contract: from the decided version to both signatures, the constraints that it sets, and their amendments."""
