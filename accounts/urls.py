from django.urls import path

from accounts.views import (
    confirm,
    invitations,
    passkeys,
    profile,
    security,
    sign_in,
    tenants,
    through_provider,
    tokens,
    welcome,
)

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/confirm/", confirm.second_factor, name="second_factor"),
    path("sign-in/passkey/options/", passkeys.sign_in_options, name="passkey_sign_in_options"),
    path("sign-in/passkey/", passkeys.sign_in, name="passkey_sign_in"),
    path("sign-in/with/<slug:slug>/", through_provider.begin, name="provider_begin"),
    path("sign-in/from/<slug:slug>/", through_provider.callback, name="provider_callback"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("sign-out/everywhere/", sign_in.sign_out_everywhere, name="sign_out_everywhere"),
    path("language/", sign_in.language, name="language"),
    path("switch-tenant/", tenants.switch_tenant, name="switch_tenant"),
    path("account/", profile.profile, name="profile"),
    path("account/password/", profile.password, name="password"),
    path("account/terminal/", profile.terminal_looks, name="terminal_looks"),
    path("account/confirm/", confirm.confirm, name="confirm"),
    path("account/confirm/passkey/options/", passkeys.confirm_options, name="passkey_confirm_options"),
    path("account/confirm/passkey/", passkeys.confirm, name="passkey_confirm"),
    path("account/security/", security.security, name="security"),
    path("account/security/authenticator/", security.add_authenticator, name="authenticator_add"),
    path(
        "account/security/authenticator/remove/", security.remove_authenticator, name="authenticator_remove"
    ),
    path("account/security/recovery-codes/", security.recovery_codes, name="recovery_codes"),
    path("account/security/passkeys/options/", passkeys.register_options, name="passkey_register_options"),
    path("account/security/passkeys/", passkeys.register, name="passkey_register"),
    path("account/security/passkeys/<uuid:id>/remove/", passkeys.remove, name="passkey_remove"),
    path("account/security/sign-ins/<uuid:id>/end/", security.end_sign_in, name="sign_in_end"),
    path("account/tokens/new/", tokens.token_new, name="token_new"),
    path("account/tokens/<uuid:id>/revoke/", tokens.token_revoke, name="token_revoke"),
    path("invitations/accept/", invitations.invitation, name="invitation"),
    path("invitations/<str:token>/", invitations.follow, name="invitation_link"),
    path("welcome/", welcome.welcome, name="welcome"),
    path("welcome/<str:token>/", welcome.follow, name="welcome_link"),
]
