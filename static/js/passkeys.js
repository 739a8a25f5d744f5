// The scripts of django-allauth report what went wrong with a passkey by this event.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const problem = document.getElementById("passkey-problem");
  if (problem) problem.hidden = false;
});
