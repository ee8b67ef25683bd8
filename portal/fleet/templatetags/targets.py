from django import template

from portal.fleet.targets.failures import in_words

register = template.Library()
register.filter("failure", in_words)
