// The coding page in JupyterLab's launcher, written by hand as a federated module: no build step.  `kube-research lab` alone serves it.

(() => {
  const PATH = "notebooks/coding.ipynb", OURS = /^import kube_research as kr\s+kr\.coding_page\(\)$/;
  let shared = {};

  // only the page as it was made is run by itself: a notebook that somebody changed waits for its reader
  const ours = (model) => { const code = [...model.cells].filter((c) => c.type === "code").map((c) => c.sharedModel.getSource().trim()).filter(Boolean); return code.length === 1 && OURS.test(code[0]); };
  const idle = (session) => new Promise((done) => {
    const look = () => { const k = session.session?.kernel; if (k && k.connectionStatus === "connected" && k.status === "idle") done(true); else if (!session.isDisposed) setTimeout(look, 100); };
    look();
  });
  async function page(app) {
    const widget = await app.commands.execute("docmanager:open", { path: PATH });
    if (!widget?.context) return null;
    await widget.context.ready; await widget.sessionContext.ready;
    if (!ours(widget.content.model) || widget.node.querySelector(".kube-desk")) return widget;
    await idle(widget.sessionContext);
    if (!ours(widget.content.model)) return widget;  // changed while its kernel began
    app.shell.activateById(widget.id);
    await app.commands.execute("notebook:run-all-cells");
    return widget;
  }
  async function launcher() {
    const versions = shared["@jupyterlab/launcher"];
    try { return versions ? (await Object.values(versions)[0].get())().ILauncher : null; } catch { return null; }
  }
  async function plugin() {
    const ILauncher = await launcher();
    return {
      id: "kube-research:coding", autoStart: true, optional: ILauncher ? [ILauncher] : [],
      activate: (app, launch) => {
        const label = "Pengodean / Coding", caption = "Pilih dokumen, lalu kodekan / Choose a document and code";
        app.commands.addCommand("kube-research:coding", { label, caption, execute: () => page(app) });
        launch?.add({ command: "kube-research:coding", category: "kube_research", rank: 0 });
        app.restored.then(() => {
          if (!decodeURIComponent(location.pathname).endsWith("/" + PATH) || /[?&]reset\b/.test(location.search)) return;
          app.shell.collapseLeft?.();  // the transcript needs the room; the file browser is one click away
          page(app).catch((e) => console.warn("kube-research:", e));
        });
      },
    };
  }
  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB["kube-research"] = { init: (scope) => { shared = scope; }, get: async () => { const made = await plugin(); return () => ({ __esModule: true, default: made }); } };
})();
