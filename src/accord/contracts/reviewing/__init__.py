"""The review: seats that decide together on one exact version, or before that whether to bid at all."""
