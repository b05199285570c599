"""Execute the notebooks in place and save them with their outputs (`make notebooks`), so that nbval has something to compare with."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(names: list[str]) -> None:
    import nbformat
    from nbclient import NotebookClient

    os.environ.update(PYTHONHASHSEED="0", KUBE_LANG="id")
    chosen = [ROOT / "notebooks" / n for n in names] or sorted((ROOT / "notebooks").glob("*.ipynb"))
    for path in chosen:
        print(path.name, flush=True)
        notebook = nbformat.read(path, as_version=4)
        NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}, store_widget_state=False, extra_arguments=["--IPKernelApp.log_level=40"]).execute()
        for cell in notebook.cells:
            cell.metadata.pop("execution", None)
        notebook.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}, "language_info": {"name": "python"}}
        nbformat.write(notebook, path)


if __name__ == "__main__":
    main(sys.argv[1:])
