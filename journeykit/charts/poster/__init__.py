"""The journey map: a poster of bands, drawn as SVG."""
