"""The web site: a Gradio app over `qa.assistant` and `qa.evaluation`."""

import os

# Gradio reads this when it is imported; the page must not report to anyone.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
