// Draws each chart live over its still picture. Without scripts the still one stays.
for (const place of document.querySelectorAll("[data-spec]")) {
  const spec = JSON.parse(document.getElementById(place.dataset.spec).textContent);
  const live = place.querySelector(".live");
  // `ast` keeps Vega from compiling text to code, so that the page can forbid eval.
  vegaEmbed(live, spec, { actions: false, renderer: "svg", ast: true, tooltip: { theme: "custom" } })
    .then(() => {
      const drawn = live.querySelector("svg");
      // Vega draws in fixed pixels; a box around them lets the picture shrink on a phone.
      if (!drawn.hasAttribute("viewBox")) {
        drawn.setAttribute("viewBox", `0 0 ${drawn.getAttribute("width")} ${drawn.getAttribute("height")}`);
      }
      place.classList.add("drawn");
    })
    .catch((problem) => {
      live.replaceChildren();
      console.error(problem);
    });
}
