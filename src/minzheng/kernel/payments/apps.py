from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "minzheng.kernel.payments"
    label = "payments"
