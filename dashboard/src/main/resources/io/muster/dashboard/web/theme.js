// Sets the theme before the first paint: the one chosen on this page, else the one the system prefers.
(function () {
    let theme = null;
    try {
        theme = localStorage.getItem("muster-theme");
    } catch (e) {
        // Storage can be forbidden; then the system's preference holds.
    }
    if (theme !== "light" && theme !== "dark") {
        theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    }
    document.documentElement.dataset.theme = theme;
})();
