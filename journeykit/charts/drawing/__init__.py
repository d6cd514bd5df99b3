"""What charts are drawn with: colours, the frame of a picture, its few shapes."""
