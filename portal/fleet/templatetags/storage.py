from django import template

from portal.fleet.stores.rules import trouble_of
from portal.fleet.stores.words import in_words

register = template.Library()
register.filter("storage_trouble", trouble_of)
register.filter("storage_words", in_words)
