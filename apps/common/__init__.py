"""What every app may use; knows no other app."""
