"""What was promised, what was tried, and what the clock has told."""

from apps.promises.models.campaign import Campaign, Visit
from apps.promises.models.inquiry import Estimate, Inquiry
from apps.promises.models.promise import Attempt, Promise, Reminder

__all__ = ["Attempt", "Campaign", "Estimate", "Inquiry", "Promise", "Reminder", "Visit"]
