import type { HelpPages } from '../topics'

export const pages: HelpPages = {
  overview: {
    title: 'Estou seguro?',
    text: `
A visão geral responde a uma pergunta sobre o banco ativo, com uma frase e uma cor.

- **Protegido**: há um backup íntegro, feito há menos de 26 horas.
- **Atenção**: o backup íntegro mais novo tem mais de 26 horas, o último falhou, ou o banco não responde.
- **Em risco**: não há backup íntegro, ou o mais novo tem mais de 7 dias.

O botão ao lado da frase é o que resolve.

## Íntegro e comprovado

Um backup é **íntegro** quando foi relido por inteiro depois de feito. É **comprovado** quando, além disso, foi restaurado à parte, comparado e retirado de novo: isso é um **ensaio**. Só um backup comprovado diz quanto tempo leva uma recuperação.

As páginas olham o banco e não mudam nada. Qual banco é o ativo, diz o botão no alto à esquerda; ele também troca de banco.`,
  },
  backups: {
    title: 'Backups',
    text: `
Um backup é um arquivo comum, feito com o banco em uso. As ferramentas do SQLite e do PostgreSQL o abrem sem o Cofre; um pequeno manifesto ao lado diz o que ele contém, e o seu hash.

- **Fazer backup agora** faz um do banco ativo, e o relê por inteiro antes de contar como íntegro.
- **Fazer backup com opções** pede uma nota, a compressão e a criptografia.
- **Reler por inteiro** compara o arquivo com o hash e a estrutura.
- **Ensaiar uma restauração** o restaura à parte e compara. O banco em uso não é tocado.
- **Fixar** guarda um backup da limpeza. Ele ainda pode ser excluído.
- **Salvar cópia** o grava em outro lugar, conferido pelo hash.
- **Editar a nota**: a primeira linha é o nome do backup na lista.
- **Comparar com outro** mostra linha por linha o que há entre dois backups. Escolha o outro na lista.
- **Importar** traz um arquivo de fora como backup, depois de lido por inteiro.

A lista mostra restaurações, feitas e desfeitas, migrações, conferências e ensaios entre os backups.

Cada novo backup é comparado com os anteriores. Uma tabela vazia ou que sumiu, ou muito menos linhas, é dito; backups íntegros mais antigos são então fixados, para que nenhuma limpeza os leve.

A pasta dos backups é escolhida nos ajustes.

## Excluir

Um backup excluído volta por dez segundos, com **Desfazer**; depois o arquivo e o manifesto se foram. Dos fixados e do último íntegro, o Cofre pergunta antes.`,
  },
  inside: {
    title: 'Ver dentro de um backup',
    text: `
**Ver por dentro** mostra as tabelas e as linhas de um backup, sem servidor e sem ferramentas de banco. Nada é restaurado para isso, e nada muda.

- O filtro aceita condições como \`role = 'ADMIN' AND name ILIKE '%ana%'\`.
- A busca percorre todas as tabelas. Maiúsculas e acentos não fazem diferença; valores binários não são buscados.
- As setas vão de célula em célula, Enter abre um valor longo, Ctrl+C o copia, Page Up e Page Down viram a página.

Uma tabela é lida uma vez; depois disso, a última página vem tão rápido quanto a primeira. Um backup criptografado pede antes a frase secreta ou o arquivo de chave.

Também se pode ver por dentro um arquivo solto na janela, antes de restaurá-lo.`,
  },
  restore: {
    title: 'Restaurar e desfazer',
    text: `
Uma restauração substitui todos os dados atuais do banco ativo por um backup. Ela começa com um **plano**; fazê-lo não muda nada. O plano mostra o que sairia e o que viria, tabela por tabela e linha por linha, e o que fala contra.

## O que acontece depois do seu sim

- O backup é lido por inteiro e comparado com o hash.
- É feito um **backup de segurança** do que há agora.
- O novo conteúdo entra: todo ele, ou nada.
- Cada tabela é comparada com o backup.

O PostgreSQL é montado à parte onde seu papel pode criar bancos, e trocado em um instante; o banco antigo fica guardado por alguns dias e até você dizer que está tudo bem. Arquivos SQLite são substituídos em uma transação.

## Quando falha

O banco contém todo o conteúdo antigo, ou todo o novo. O resultado diz qual, e dá o nome do backup de segurança. Cancelar deixa tudo como está.

## Desfazer

**Desfazer** no resultado, ou \`cofre undo\`, desfaz a última restauração. Antes de perguntar, diz o que foi gravado desde então. Desfazer também pode ser desfeito.

Um banco de produção pede antes que você digite o nome dele. Depois de uma restauração, todos entram de novo.`,
  },
  migration: {
    title: 'Do SQLite para o PostgreSQL',
    text: `
Um backup SQLite entra em um banco PostgreSQL por uma migração. Ela pergunta uma segunda vez: o banco PostgreSQL é salvo em um backup, todos os seus dados são apagados, os dados do SQLite são migrados.

Antes de gravar qualquer coisa, cada valor é lido e avaliado. O que não perde nada é feito sozinho. O que não caberia é mostrado coluna por coluna, com exemplos, e espera sua decisão:

- **converter**, como descrito
- gravar **NULL**, ou o **padrão** da coluna
- **deixar** a linha de fora
- **parar**

As decisões ficam guardadas com a conexão. As tabelas da aplicação já precisam existir: uma migração as preenche, não as inventa.

Ela termina com uma prova: o que foi lido, o que foi gravado, e que os dois são iguais. Pode ser salva como página.

Um backup PostgreSQL não pode ser restaurado no SQLite. Dá para vê-lo por dentro, e comparar.`,
  },
  schedules: {
    title: 'Agendamentos',
    text: `
O que é feito pelo relógio: backups, verificações, ensaios e limpezas, de hora em hora até todo mês, ou como o cron escreve. A página mostra as próximas cinco execuções.

- A **janela aberta** os executa. Com a janela fechada, o sistema, onde você configurou isso na página, ou por \`cofre schedule install\`.
- Uma execução por vez. Uma execução espera enquanto uma restauração trabalha.
- O que foi **perdido**, porque o computador dormia ou estava desligado, é compensado uma vez.
- O que **falhou** é tentado de novo depois de 1, 5, 15 e 60 minutos, a não ser que falhasse do mesmo jeito.

## Quando algo muda

Um banco pode ser salvo sempre que mudou: depois de qualquer exclusão, ou depois de tantas linhas mudadas, quando ficou quieto por um tempo. O Cofre olha de fora e não toca em nada; conteúdo igual não faz arquivo novo. A um banco vazio ou que sumiu é oferecido, ao abrir, o último backup íntegro.

## Fusos e chaves

Um agendamento tem um fuso horário. Uma hora que o relógio pula quando muda vem no próximo momento que existe; uma que vem duas vezes roda uma.

Um agendamento não tem chaves: backups criptografados são deixados de lado por verificações e ensaios, e a execução o diz.`,
  },
  cleanup: {
    title: 'Quais backups ficam',
    text: `
Sem regras nada é removido, nunca. Regras guardam os últimos tantos, e o mais novo de cada hora, dia, semana, mês e ano; acima delas, idade e tamanho são limites. A lista diz de cada backup se ele sai, e por quê, antes que algo saia.

Estes ficam, quaisquer que sejam as regras:

- o último backup íntegro, e o último comprovado
- os fixados
- o backup de segurança pelo qual a última restauração se desfaz
- backups fora da pasta dos backups

Quando o backup mais novo não é íntegro, nada sai. Antes que algo saia, o íntegro mais novo foi lido por inteiro há menos de um dia, ou é lido então.

\`cofre prune --dry-run\` mostra a mesma lista.`,
  },
  notifications: {
    title: 'Notificações',
    text: `
O Cofre conta às pessoas o que foi feito e o que não foi: por e-mail, na área de trabalho, a um webhook (JSON, Slack, Discord, Telegram, ntfy), ou a um endereço de ping. Os canais são configurados nos ajustes, ou na linha de comando:

$ cofre notify add escritorio --kind email --host mail.example --from cofre@example --to ana@example

$ cofre notify test escritorio

- **falha**, e sucesso onde for pedido
- **anomalia**: um novo backup que parece errado ao lado dos anteriores, ou um banco observado sem nenhuma linha
- **silêncio**: nenhum backup íntegro três horas depois do momento de um agendamento, ou dentro das horas de \`cofre notify expect\`
- **espaço**: quando cabem menos de três backups a mais

No máximo um de cada tipo é enviado por hora, depois um resumo. O que não pode ser entregue é tentado de novo por três dias, também depois de reiniciar. Senhas e tokens ficam com os das conexões, nunca nos ajustes.`,
  },
  encryption: {
    title: 'Criptografia e chaves',
    text: `
Backups podem ser criptografados com age: por uma frase secreta, digitada duas vezes, ou para chaves públicas. Na janela, escolha **Fazer backup com opções** e depois a criptografia; na linha de comando:

$ cofre backup --db app.sqlite3 --recipient age1…

$ cofre backup --db app.sqlite3 --encrypt

Um backup criptografado é lido como os outros. A janela pede a frase secreta ou o arquivo de chave quando precisa, e os esquece quando você bloqueia a janela ou a sessão termina. Na linha de comando são \`--passphrase-file\`, \`--identity\` ou \`COFRE_PASSPHRASE\`.

**Sem a chave ninguém abre um backup criptografado**: nenhum administrador, nenhum código de recuperação, nem o Cofre. Guarde a chave separada dos backups.

Backups de segurança não são criptografados. O manifesto ao lado de um backup criptografado nomeia tabelas e números de linhas, mas nenhuma pessoa.`,
  },
  connections: {
    title: 'Conexões',
    text: `
Uma conexão diz onde um banco está. Várias podem ser salvas; uma é a ativa. Remover uma conexão não toca no banco nem nos backups dele.

- **SQLite**: escolha o arquivo, ou solte-o na janela.
- **PostgreSQL**: preencha o formulário, ou cole uma URL ou os ajustes de uma aplicação; um arquivo de ajustes também pode ser solto.
- **SSH**: um servidor que não é alcançado diretamente é alcançado por meio de outro.
- **Testar** diz versão, direitos, tempo de ida e volta e quais ferramentas são usadas. Não salva nada.

Senhas ficam no chaveiro do sistema; onde nenhum responde, em um arquivo criptografado. A página nunca as recebe de volta. Uma senha guardada só serve para o servidor, a porta, o usuário e o computador no meio do caminho para os quais foi guardada: para outros, ela é digitada de novo.

Marque um banco como **produção**, e tudo o que substitui seus dados pede o nome dele. A cor diz de quem ele é, não como está.

O que a aplicação precisa em volta de uma mudança dos dados, como um arquivo de bloqueio ou um comando antes e depois, também se define no formulário.`,
  },
  administrators: {
    title: 'Administradores',
    text: `
Administradores entram na janela. Todos podem o mesmo. Eles são adicionados e removidos nos ajustes; o último fica.

- **Senha esquecida**: na página de entrada, “Usar o código de recuperação”. O código foi mostrado uma vez, ao ser feito. Serve uma vez, e ao ser usado outro é feito.
- **Sem código, ou perdido**: faça um novo nos ajustes enquanto está dentro.
- **Bloquear**: Ctrl+L (⌘L), ou o item na barra lateral. A página espera por você, e nada dela aparece. As chaves de backups criptografados são esquecidas; o que roda continua.
- **Sozinha**, a janela se bloqueia depois de 15 minutos sem teclado nem mouse, ou do tempo que os ajustes dizem; não enquanto algo roda.

Depois de três tentativas cada uma espera mais, até 15 minutos, também depois de reiniciar.

A senha guarda a janela, não o computador: quem pode rodar programas como você pode ler seus backups. Cada entrada, também a que falhou, está na trilha de auditoria.`,
  },
  activity: {
    title: 'Atividade e a trilha de auditoria',
    text: `
**Operações** são o que rodou, e como terminou. A **trilha de auditoria** diz quem fez o quê, em qual banco, quando, e como terminou: entradas e as que falharam, backups, restaurações, exclusões, ajustes (nomes, nunca valores). O **log** é o que o programa escreve para o suporte.

À trilha só se acrescenta, e cada registro tem um hash sobre o anterior. Ela pode ser conferida na página: um registro mudado, retirado ou cortado é encontrado, também pelos manifestos dos backups. Os registros ficam quando backups saem.

Ela pode ser buscada, filtrada e exportada como CSV ou JSON.`,
  },
  command: {
    title: 'A linha de comando',
    text: `
Tudo o que importa pode ser feito sem a janela:

$ cofre --help

$ cofre status --connection NOME

$ cofre restore ARQUIVO --db URL --dry-run

Todo comando aceita \`--json\`, e termina com um código que quer dizer algo: 0 feito, 2 uso errado, 3 falta um consentimento, 10 não encontrado, 11 ocupado, 12 negado, 13 corrompido, 14 indisponível, 20 falhou e foi revertido, 21 danificado.

Onde não há terminal nada é perguntado: \`--yes\` consente com uma restauração, e senhas vêm do ambiente (\`PGPASSWORD\`, \`COFRE_ADMIN_PASSWORD\`, \`COFRE_PASSPHRASE\`) ou de arquivos, nunca de argumentos.

\`cofre status --json\` diz a outros programas como os bancos estão protegidos; termina com 1 quando um está em risco. \`--prometheus ARQUIVO\` escreve o mesmo como métricas.`,
  },
  trouble: {
    title: 'Quando algo está errado',
    text: `
Seus backups são arquivos comuns: o que quer que aconteça com o Cofre, as ferramentas do SQLite e do PostgreSQL os abrem.

- **Uma restauração foi interrompida**, por uma queda ou falta de luz: abra o Cofre de novo. Antes de tudo ele diz o que o banco contém agora, e qual backup de segurança usar.
- **O servidor não responde**: teste a conexão. O que estava sendo feito não mudou nada, ou diz o que mudou.
- **Falta uma ferramenta**: o PostgreSQL é salvo pelo \`pg_dump\` da versão do servidor ou mais nova. O teste da conexão diz qual é usado; uma pasta pode ser indicada ali.
- **O disco está cheio**: nada foi mudado. Abra espaço, ou escolha outra pasta para os backups nos ajustes.
- **Outro programa bloqueou o banco**: feche-o, ou espere mais (a conexão diz quanto).
- **Um backup não passou na verificação**: ele diz por quê. Use o íntegro mais novo; nenhuma limpeza o leva.
- **Outra coisa já está trabalhando**: um trabalho por vez, em todas as janelas e na linha de comando.

A página Atividade tem o log. As próprias palavras de um erro ficam dobradas abaixo dele, para copiar.`,
  },
}
