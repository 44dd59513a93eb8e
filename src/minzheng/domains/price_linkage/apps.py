from django.apps import AppConfig


class PriceLinkageConfig(AppConfig):
    name = "minzheng.domains.price_linkage"
    label = "price_linkage"
