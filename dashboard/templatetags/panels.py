"""Puts a panel on a page."""

from django import template
from django.template import Engine
from django.template.context import RequestContext
from django.utils.safestring import SafeString

from dashboard.panels.page import Shown

register = template.Library()


@register.simple_tag(takes_context=True)
def show(context: RequestContext, shown: Shown) -> SafeString:
    """By the template of its kind, with what the page knows and what was read for this panel."""
    panel = Engine.get_default().get_template(shown.panel.template)
    with context.push(**shown.context):
        return panel.render(context)
