// What JupyterLab loads first: a container in webpack's format, written by hand. Nothing is built.
// `journeykit lab` and `journeykit present` alone load it; it stands there before any kernel runs.

(() => {
  const here = document.currentScript.src;
  const settings = JSON.parse(document.getElementById("jupyter-config-data").textContent);
  // A notebook in the view of a single document (/doc/…) is what the room sees; /lab is for analysts.
  const presents = settings.mode === "single-document";
  document.documentElement.dataset.journeykit = presents ? "present" : "lab";
  if (presents) {
    const style = document.createElement("link");
    Object.assign(style, { rel: "stylesheet", href: new URL("present.css", here).href });
    document.head.append(style);
  }
  const get = async () => {
    const { activate } = await import(new URL("present.js", here).href);
    const plugin = { id: "journeykit:present", autoStart: true, activate: (app) => activate(app, settings, presents) };
    return () => ({ __esModule: true, default: plugin });
  };
  window._JUPYTERLAB = { ...window._JUPYTERLAB, journeykit: { init() {}, get } };
})();
