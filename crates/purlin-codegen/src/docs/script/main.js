// Starts the page.

const storage = {
  get(area, key) {
    try {
      return area().getItem(key);
    } catch {
      return null; // Storage can be forbidden; the page works without.
    }
  },
  set(area, key, value) {
    try {
      area().setItem(key, value);
    } catch {
      // As above.
    }
  },
};

// Who signs in on this page goes on as that user.
function keepToken(answer) {
  let token;
  try {
    token = JSON.parse(answer.text).data.accessToken;
  } catch {
    return;
  }
  if (typeof token !== "string") return;
  const input = document.getElementById("token");
  input.value = token;
  input.dispatchEvent(new Event("input"));
}

function connectToken() {
  const input = document.getElementById("token");
  input.value = storage.get(() => sessionStorage, "purlin-docs-token") ?? "";
  input.addEventListener("input", () => storage.set(() => sessionStorage, "purlin-docs-token", input.value.trim()));
}

function connectTheme() {
  const button = document.getElementById("theme");
  const isDarkSystem = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => storage.get(() => localStorage, "purlin-docs-theme");
  function apply() {
    const theme = chosen() ?? (isDarkSystem.matches ? "dark" : "light");
    document.documentElement.dataset.theme = theme;
    button.textContent = theme === "dark" ? "Light" : "Dark";
  }
  button.addEventListener("click", () => {
    const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    storage.set(() => localStorage, "purlin-docs-theme", next);
    document.documentElement.dataset.theme = next;
    button.textContent = next === "dark" ? "Light" : "Dark";
  });
  isDarkSystem.addEventListener("change", apply);
  apply();
}

async function start() {
  connectTheme();
  connectToken();
  document.getElementById("menu").addEventListener("click", () => openMenu(!document.body.classList.contains("with-menu")));
  try {
    await loadDocument();
  } catch (error) {
    const text = `The document could not be read: ${error.message}. Reload to try again.`;
    replace(document.getElementById("content"), element("p", { class: "problem", role: "alert" }, text));
    return;
  }
  document.getElementById("title").textContent = api.document.info.title;
  const { version } = api.document.info;
  document.getElementById("version").textContent = version === "0.0.0" ? "" : version;
  showNavigation();
  addEventListener("hashchange", showAddressed);
  showAddressed();
}

start();
