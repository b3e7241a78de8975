"""Telling people who do not look: what needs them and what has ended goes out by webhook and by e-mail."""

from botarmy.notify.channel import Channel, Undelivered
from botarmy.notify.courier import Courier
from botarmy.notify.desk import Desk
from botarmy.notify.mail import Mail, MailServer
from botarmy.notify.notice import Notice, test_notice
from botarmy.notify.webhook import Webhook

__all__ = ["Channel", "Courier", "Desk", "Mail", "MailServer", "Notice", "Undelivered", "Webhook", "test_notice"]
