"""What every page knows: who acts, for which place, what the menu offers."""


def page(request):
    return {}
