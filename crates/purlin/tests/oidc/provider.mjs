// An OpenID Connect provider for tests: `node provider.mjs PORT CLAIMS REDIRECT_URI...`. CLAIMS says where an
// address is told: `id_token` or `userinfo`. Whoever signs in is whom they say: a login is
// `name:address:verified`, such as `ada:ada@example.com:true`.
import { Provider } from 'oidc-provider';

const [port, claims, ...redirectUris] = process.argv.slice(2);

function account(id) {
  const [name, email, verified] = id.split(':');
  return { sub: id, name, email, email_verified: verified === 'true' };
}

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: 'shop',
      client_secret: 'a secret of the provider/+%',
      redirect_uris: redirectUris,
      grant_types: ['authorization_code'],
      response_types: ['code'],
    },
  ],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  conformIdTokenClaims: claims === 'userinfo',
  cookies: { keys: ['for tests only'] },
  features: { devInteractions: { enabled: true } },
  findAccount: (_, id) => ({ accountId: id, claims: async () => account(id) }),
  pkce: { required: () => true },
});

provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
