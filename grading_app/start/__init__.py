"""What Streamlit runs. It searches the folder of its script first for every import, so this one holds nothing else."""
