const words = (text: string): readonly string[] => text.trim().split(/\s+/);

export const givenNames = words(`
  Ada Aino Amara Anders Anika Åsa Beatriz Ben Bruno Camille Chidi Clara Dario Dilan Edda Elif Emeka Enzo Esra Farid
  Fatima Finn Freya Gael Greta Hana Hiro Ida Imani Inês Ivo Jamal Jana Joan Juno Kai Kemal Kofi Lena Leïla Linus Lucía
  Malik Mara Marek Mei Mila Nadia Nils Noor Ola Otto Pablo Petra Quinn Rafael Rosa Ruben Sana Sofía Stella Sven Tariq
  Thea Tomás Uma Vera Viktor Wanda Wim Ximena Yara Yusuf Zoë`);

export const familyNames = words(`
  Abebe Adeyemi Almeida Andersson Bauer Becker Berg Bianchi Björk Brandt Castillo Chen Costa Dahl Demir Diallo Dubois
  Eriksen Farah Fischer Fontaine Garcia Haddad Hansen Hoffmann Ibrahim Ito Jansen Kaya Keller Kim Kowalski Kruger Lang
  Larsen Lindqvist Lopes Marchand Mensah Meyer Moreau Müller Nakamura Nguyen Novák Nowak Okafor Olsen Oliveira Öztürk
  Park Patel Pereira Petrov Quist Reyes Ricci Rossi Sato Schmidt Silva Singh Sørensen Suzuki Tanaka Vargas Virtanen
  Wagner Weber Winter Yılmaz Zhang Zimmermann`);
