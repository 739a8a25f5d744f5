// The token that the server wants with every change. The cookie has the newest: logging in again in
// another tab renews it, and a page that was open before may go on.
export function token() {
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  return cookie ? cookie[1] : JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"];
}

export function start() {
  document.body.addEventListener("htmx:configRequest", ({ detail: { headers, formData } }) => {
    headers["X-CSRFToken"] = token();
    if (formData.has("csrfmiddlewaretoken")) formData.set("csrfmiddlewaretoken", token());
  });
}
