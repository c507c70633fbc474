// The language of the document follows the address, in which every page keeps it: a change needs no reload.
(() => {
  const languages = new Map(Object.entries(LANGUAGES));
  const follow = () => {
    const found = languages.get(new URLSearchParams(location.search).get("lang"));
    if (found) document.documentElement.lang = found;
  };
  for (const name of ["pushState", "replaceState"]) {
    const own = history[name].bind(history);
    history[name] = (...change) => {
      own(...change);
      follow();
    };
  }
  addEventListener("popstate", follow);
})();
