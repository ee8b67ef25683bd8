from django import template

from portal.fleet.forwarding.failures import in_words

register = template.Library()
register.filter("forward_failure", in_words)
