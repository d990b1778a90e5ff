"""The web site: a Gradio app over `qa.assistant` and `qa.evaluation`."""

import os

# Gradio reads this when it is imported; the page must not report to anyone.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
# Questions at once: each has its passages within a moment and then waits in line for the model.
# By `Blocks.queue` every page would be built once more.
os.environ["GRADIO_DEFAULT_CONCURRENCY_LIMIT"] = "24"
