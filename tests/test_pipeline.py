from __future__ import annotations

from dataclasses import replace

from scripts import pipeline
from scripts.document import parse


def test_nothing_is_lifted_where_the_settings_say_so(apis):
    api = replace(apis["wasabi_air"], names={})
    lifted = parse(pipeline.normalised(api).openapi).data["components"]["schemas"]
    plain = parse(pipeline.normalised(replace(api, lift=False)).openapi).data["components"]["schemas"]
    assert plain.keys() < lifted.keys()
