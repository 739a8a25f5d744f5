"""What other apps call: to announce a change, and to tell who is here."""

from apps.live.domain.announcing import announce
from apps.live.domain.presence import arrive, is_here, leave, others
from apps.live.domain.pruning import prune

__all__ = ["announce", "arrive", "is_here", "leave", "others", "prune"]
